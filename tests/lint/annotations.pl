# SPDX-License-Identifier: GPL-2.0-only
# Checks functions whose name begins with __winpar, __wdm or __sim, which are called with
# a lock held: the first statement has to be lockdep_assert_held(), and the definition and
# the prototype to have __must_hold(), __releases() or __acquires(). A function that takes
# the lock itself has __acquires() alone and no assertion. No other function may have a
# name that begins so. Prints each function of the files named that breaks the rule; on
# stderr, how many functions and prototypes were checked.
use strict;
use warnings;

my $says = qr/\b__(?:must_hold|acquires|releases)\(/;
my $declaration = qr/^(?!return\b|goto\b)(?:(?:const|static|struct|enum|unsigned)\s+)*\w+[\s*]+\w+\s*(?:[=,\[]|$)/;
my $count = 0;

# Does the body begin with the assertion, after its declarations?
sub asserts {
	my ($body) = @_;
	my $at = $body =~ /\blockdep_assert_held\w*\(/ ? $-[0] : return 0;

	for (split /;/, substr($body, 0, $at)) {
		s/^\s+|\s+$//g;
		return 0 if $_ ne '' && !/$declaration/;
	}
	return 1;
}

sub of_file {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	my $text = <$in>;

	# The newlines of a comment stay, for the line numbers.
	$text =~ s{/\*.*?\*/}{my $s = $&; $s =~ s/[^\n]//g; $s}gse;
	while ($text =~ /^(#define\s+|[A-Za-z][^#:;{}()=]*?)(__(?:winpar|wdm|sim)\w*)\(/mg) {
		my ($before, $name, $start) = ($1, $2, $-[2]);
		my $where = "$file:" . (1 + (substr($text, 0, $start) =~ tr/\n//)) .
			    ": $name";

		$count++;
		if ($before =~ /^#/) {
			print "$where: a macro, which can hold no lock\n";
			next;
		}
		next if $text !~ /\G(?:[^(){};]|(\((?:[^()]|(?1))*\)))*?\)((?:[^(){};]|(?1))*)([;{])/g;
		my ($attributes, $end) = ($2, $3);
		print "$where: does not tell sparse of its lock\n"
			if $attributes !~ $says;
		next if $end eq ';';
		my ($body) = substr($text, pos($text)) =~ /^(.*?)^}/ms;
		next if asserts($body);
		print "$where: its first statement does not assert the lock\n"
			if $attributes =~ /\b__(?:must_hold|releases)\(/ ||
			   $body !~ /\b(?:spin|raw_spin|mutex|read|write|winpar_port)_lock\w*\(/;
	}
}

of_file($_) for @ARGV;
die "nothing to look at\n" if !$count;
print STDERR "$count functions and prototypes\n";
