# SPDX-License-Identifier: GPL-2.0-only
# docs/tracing.md has a row for each event of winpar_trace.h, with its fields in the
# order in which they are printed. Prints what differs; on stderr, how many events
# there are. The port is in each event, and in no row.
use strict;
use warnings;

my ($header, $document) = @ARGV;

sub whole {
	my ($file) = @_;

	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# What each event prints, and what a class of events does.
my $text = whole($header);
my (%prints, %class);
while ($text =~ /^(TRACE_EVENT|DECLARE_EVENT_CLASS)\((\w+),.*?TP_printk\("([^"]*)"/gms) {
	my ($kind, $name, $format) = ($1, $2, $3);
	my ($port, @fields) = $format =~ /\b(\w+)=(?:0x)?%/g;

	print "$header: $name does not print its port first\n"
		if ($port // '') ne 'port';
	($kind eq 'TRACE_EVENT' ? \%prints : \%class)->{$name} = "@fields";
}
while ($text =~ /^DEFINE_EVENT\((\w+), (\w+),/gm) {
	$prints{$2} = $class{$1} // '';
}
die "$header: no events\n" if !%prints;

my %row;
for (split /\n/, whole($document)) {
	my ($name, $fields) = /^\| `(\w+)` \| `([^`]*)` \|/ or next;

	$fields =~ tr/=//d;
	$row{$name} = $fields;
}
for (sort keys %prints) {
	print "$document: $_ has no row\n" and next if !defined $row{$_};
	print "$document: $_ prints $prints{$_}, its row says $row{$_}\n"
		if $row{$_} ne $prints{$_};
}
print "$document: $_ is no event\n" for grep { !defined $prints{$_} } sort keys %row;
print STDERR scalar(keys %prints), " events\n";
