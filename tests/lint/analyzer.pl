# SPDX-License-Identifier: GPL-2.0-only
# analyzer.pl BUILT EXCEPTIONS FILE... <LOG: what clang's analyzer has said of these files of
# the tree, which it read in the folder BUILT: a line each, with the lines of its way; without
# those that the file EXCEPTIONS has. One in a header of the kernel's is shown, and excepted,
# by the line of ours that leads there. Also the exceptions for these files that are not
# needed.
use strict;
use warnings;

my ($built, $exceptions, @files) = @ARGV;
my (%known, %needed, @findings, %seen);

# A line of the file, as the exceptions have it.
sub line_of {
	my ($path, $number) = @_;
	open my $in, '<', $path or return '';
	while (<$in>) {
		next if $. != $number;
		s/^\s+|\s+$//g;
		return $_;
	}
	return '';
}

open my $in, '<', $exceptions or die "$exceptions: $!\n";
while (<$in>) {
	next if /^#/;
	my ($file, $text, $checker, $why) = /^(\S+) \| (.*) \| ([\w.]+) \| (.+)$/
		or die "$exceptions:$.: not FILE | LINE | CHECKER | WHY\n";
	$known{"$file | $text | $checker"} = $file;
}

while (<STDIN>) {
	my ($path, $number, $kind, $text) = /^(\S+?):(\d+):\d+: (fatal error|error|warning|note): (.*)/
		or next;
	my $ours = $path =~ s{^\Q$built\E/}{};
	$path =~ s{(^|/)[^/]+/\.\./}{$1};
	if ($kind ne 'note') {
		push @findings, { path => $path, number => $number, text => $text,
				  ours => $ours, way => [] };
	} elsif ($ours && @findings && $text !~ /^expanded from/) {
		push @{$findings[-1]{way}}, [$path, $number];
	}
}

for my $one (@findings) {
	my ($path, $number) = ($one->{path}, $one->{number});
	my ($way, $before) = ('', ['', 0]);
	if (!$one->{ours}) {
		# A function of a header's own.
		next if $one->{text} =~ /\]$/ && !@{$one->{way}};
		$one->{text} .= " in $path:$number";
		($path, $number) = @{$one->{way}[-1]} if @{$one->{way}};
	}
	my ($checker) = $one->{text} =~ /\[([\w.]+)\]/;
	my $key = join ' | ', $path, line_of("$built/$path", $number), $checker // '';
	if ($known{$key}) {
		$needed{$key} = 1;
		next;
	}
	for (@{$one->{way}}) {
		next if $_->[0] eq $before->[0] && $_->[1] == $before->[1];
		$way .= $_->[0] eq $before->[0] ? " $_->[1]" : " $_->[0]:$_->[1]";
		$before = $_;
	}
	my $said = "$path:$number: $one->{text}" . ($way && ", by$way");
	print "$said\n" unless $seen{$said}++;
}
for my $key (sort keys %known) {
	print "$key: in tests/lint/analyzer, and not needed\n"
		if !$needed{$key} && grep { $_ eq $known{$key} } @files;
}
