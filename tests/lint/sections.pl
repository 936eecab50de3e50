# SPDX-License-Identifier: GPL-2.0-only
# Every exported function and every handler winpar_ioctl_* in the files named
# has a kernel-doc comment that says Context: and, unless it returns nothing,
# Return:. Prints what has not; on stderr, how many were looked at.
use strict;
use warnings;

my (%doc, %wanted, $count);

sub of_file {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	my $text = <$in>;

	# A comment, and what stands between it and the argument list.
	while ($text =~ m!/\*\*\n((?: \*[^\n]*\n)*?) \*/\n([^(;{]*?)\b(\w+)\s*\(!g) {
		my ($comment, $type, $name) = ($1, $2, $3);
		$doc{$name} = { comment => $comment, type => $type }
			if $comment =~ /^ \* \Q$name\E\(\) - /;
	}
	$text =~ s{/\*.*?\*/}{}gs;
	$wanted{$1} //= $file while $text =~ /^WINPAR_EXPORT\((\w+)\);/mg;
	$wanted{$1} //= $file while $text =~ /^[^\s#].*?\b(winpar_ioctl_\w+)\(/mg;
	$wanted{$1} //= $file while $text =~ /^(winpar_ioctl_\w+)\(/mg;
	# What is exported may be data, which no comment has to explain so.
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
