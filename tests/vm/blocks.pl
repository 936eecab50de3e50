#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# blocks.pl FILE SECTION COUNT SIZE LP: what came out of a port between the
# heading SECTION and the next one (lptmark) is COUNT blocks of SIZE bytes, as
# vmdevice makes them, in order, each whole; before them, between them and after
# them the bytes of the file LP, in order; and nothing else.
#	blocks.pl -b NUMBER SIZE	one block, to compare with
#	blocks.pl -s FILE SECTION	what there is under a heading
# Prints "blocks N lp N before N between N after N": how much there was of
# each, lp's bytes by where they were, and in how many places between blocks as
# "turns N". Status 1, with a word on the place, when anything is amiss.
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

# What a port printed in a section. Blocks may contain form feeds, too, but
# none that looks like a heading of four letters or more.
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
