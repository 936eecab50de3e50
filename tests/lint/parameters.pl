# SPDX-License-Identifier: GPL-2.0-only
# Checks module parameters: the variable has to be static, so that only the file that
# declares the parameter reads it; and READ_ONCE() has to read a parameter that root may
# write at run time. Prints each line of the files named that breaks the rule. With
# --names: prints the names of the parameters instead, a line each, with " at run time"
# behind those that root may write.
use strict;
use warnings;

my $names = @ARGV && $ARGV[0] eq '--names' && shift @ARGV;

for my $file (@ARGV) {
	open(my $in, '<', $file) or die "$file: $!\n";
	my @lines = <$in>;
	my $text = join('', @lines);

	while ($text =~ /^module_param(_named|_array|_cb)?\(([^;]*)\);/mg) {
		my ($kind, @words) = ($1 // '', split /\s*,\s*/, $2);

		if ($names) {
			print $words[0], $words[-1] =~ /[2367]/ ? ' at run time' : '', "\n";
			next;
		}
		# Its routines read and write it.
		next if $kind eq '_cb';
		my $name = $words[$kind eq '_named' ? 1 : 0];

		print "$file: the parameter $name is not static\n"
			if $text !~ /^static [\w *]+\b\Q$name\E\b/m;
		next if $words[-1] !~ /[2367]/;
		for my $n (0 .. $#lines) {
			next if $lines[$n] !~ /\b\Q$name\E\b/;
			next if $lines[$n] =~
				/READ_ONCE\(\Q$name\E\b|^static |^module_param|^\s*"|^MODULE_PARM_DESC|^ \*|^\s*\/?\*/;
			print "$file:", $n + 1, ": $name is read without READ_ONCE()\n";
		}
	}
}
