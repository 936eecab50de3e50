#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# blocks.pl FILE SECTION COUNT SIZE LP: check the bytes of FILE, a port's output, between
# the heading SECTION (lptmark) and the next heading: they have to be COUNT blocks of
# SIZE bytes, as vmdevice makes them, each whole and in order, and before, between and
# after the blocks the bytes of the file LP, in order.
#	blocks.pl -b NUMBER SIZE	print the block with that number
#	blocks.pl -s FILE SECTION	print the bytes of a section
# Prints "blocks N lp N before N between N after N turns N": the number of blocks, of
# lp's bytes, of lp's bytes in each place, and of the gaps between blocks that have some.
# Status 1, with a line about the first wrong byte, if the section is not so.
use strict;
use warnings;

sub block {
	my ($number, $size) = @_;
	my ($x, @bytes) = ($number + 1);
	for (1 .. $size) {
		$x = ($x * 1664525 + 1013904223) & 0xffffffff;
		push @bytes, $x >> 24;
	}
	$bytes[0] |= 0x80 if $size;
	return pack 'C*', @bytes;
}

sub slurp {
	open my $in, '<:raw', $_[0] or die "blocks.pl: $_[0]: $!\n";
	local $/;
	my $text = <$in>;
	return $text // '';
}

sub plain {
	my $text = $_[0];
	$text =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
	return $text;
}

# section FILE NAME: its bytes. A block may contain form feeds, too; of the headings only
# those of four letters and more end the section, which no block contains.
sub section {
	my ($all, $name) = (slurp($_[0]), "\f$_[1]\n");
	my $from = index $all, $name;
	if ($from < 0) {
		print "there is no heading $_[1]\n";
		exit 1;
	}
	my $got = substr $all, $from + length $name;
	$got =~ s/\f[a-z]{4,}\n.*//s;
	return $got;
}

binmode STDOUT;
if (@ARGV && $ARGV[0] eq '-b') {
	print block(@ARGV[1, 2]);
	exit 0;
}
if (@ARGV && $ARGV[0] eq '-s') {
	print section(@ARGV[1, 2]);
	exit 0;
}
my ($file, $section, $count, $size, $lpfile) = @ARGV;
my $got = section($file, $section);
my $lp = slurp($lpfile);

my ($pos, $blocks, $lps, @lp) = (0, 0, 0, (0) x ($count + 1));
my $next = block(0, $size);
while ($pos < length $got) {
	if ($blocks < $count && substr($got, $pos, $size) eq $next) {
		$pos += $size;
		$next = block(++$blocks, $size);
		next;
	}
	my $byte = substr $got, $pos, 1;
	if ($lps < length $lp && $byte eq substr $lp, $lps, 1) {
		$lps++;
		$lp[$blocks]++;
	} elsif ($byte ne "\r") {	# some kernels' lp adds them
		last;
	}
	$pos++;
}
my ($between, $turns) = (0, 0);
for (@lp[1 .. $count - 1]) {
	$between += $_;
	$turns++ if $_;
}
my $after = $count ? $lp[$count] : 0;
print "blocks $blocks lp $lps before $lp[0] between $between after $after turns $turns\n";
if ($pos < length $got) {
	my $same = 0;
	$same++ while $same < $size && substr($got, $pos, $same + 1) eq
		substr $next, 0, $same + 1;
	print "at byte $pos block $blocks breaks off after $same bytes: ",
		plain(substr $got, $pos + $same, 40), "\n";
	exit 1;
}
if ($blocks != $count || $lps != length $lp) {
	print 'of ', length $lp, " bytes of lp's and $count blocks\n";
	exit 1;
}
exit 0;
