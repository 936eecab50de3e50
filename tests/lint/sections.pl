# SPDX-License-Identifier: GPL-2.0-only
# Checks that each exported function and each winpar_ioctl_*() of the files named has a
# kernel-doc comment with "Context:" and, unless it returns nothing, "Return:". Prints a
# line for each one missing; on stderr, how many functions were checked.
use strict;
use warnings;

my (%doc, %wanted, $count);

sub of_file {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	my $text = <$in>;

	# A comment, and the return type and name after it.
	while ($text =~ m!/\*\*\n((?: \*[^\n]*\n)*?) \*/\n([^(;{]*?)\b(\w+)\s*\(!g) {
		my ($comment, $type, $name) = ($1, $2, $3);
		$doc{$name} = { comment => $comment, type => $type }
			if $comment =~ /^ \* \Q$name\E\(\) - /;
	}
	$text =~ s{/\*.*?\*/}{}gs;
	$wanted{$1} //= $file while $text =~ /^WINPAR_EXPORT\((\w+)\);/mg;
	$wanted{$1} //= $file while $text =~ /^[^\s#].*?\b(winpar_ioctl_\w+)\(/mg;
	$wanted{$1} //= $file while $text =~ /^(winpar_ioctl_\w+)\(/mg;
	# An exported variable needs neither.
	delete $wanted{$1} while $text =~ /^(?:const )?[\w ]+?\**(\w+) = /mg;
}

of_file($_) for @ARGV;
for my $name (sort keys %wanted) {
	my $doc = $doc{$name};

	$count++;
	if (!$doc) {
		print "$wanted{$name}: $name has no kernel-doc comment\n";
		next;
	}
	print "$wanted{$name}: $name: no Context:\n"
		if $doc->{comment} !~ /^ \* Context:/m;
	print "$wanted{$name}: $name: no Return:\n"
		if $doc->{comment} !~ /^ \* Return:/m &&
		   $doc->{type} !~ /\b(void|VOID)\s*$/;
}
die "nothing to look at\n" if !$count;
print STDERR "$count functions\n";
