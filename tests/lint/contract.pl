# SPDX-License-Identifier: GPL-2.0-only
# Compares docs/contract.md with the sources, in the top of a tree: each code of a
# request, each major function and each routine of include/winpar/ has one row, and
# no other has; each test that a row names exists; a row's statuses are those of the
# Return: of the function that it names, with those of the functions that Return:
# refers to ("as f()"). Prints a line for each difference; on stderr, how many rows
# were checked. Arguments: the files with kernel-doc.
use strict;
use warnings;

my $page = 'docs/contract.md';
my (%returns, %wanted, %typedef, %cases, %status, %seen, @members);

sub text_of {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# Return: of each function, on one line.
for my $file (@ARGV) {
	my $text = text_of($file);

	while ($text =~ m!/\*\*\n((?: \*[^\n]*\n)*?) \*/!g) {
		my $comment = $1;
		my ($name) = $comment =~ /^ \* (\w+)\(\) - / or next;
		my ($return) = $comment =~ /^ \* Return:(.*?)(?:^ \*\n|\z)/ms;

		$return //= '';
		$return =~ s/\s*\n \*\s*/ /g;
		$returns{$name} = $return;
	}
}

# The names that have to have a row.
for my $file (glob('include/winpar/*.h')) {
	my $text = text_of($file);

	next if $file =~ /abi_check\.h$/;
	$status{$1} = 1 while $text =~ /^#define STATUS_(\w+)\s/mg;
	$wanted{$1} = $file while $text =~ /^#define ((?:IOCTL|IRP_MJ)_\w+)\s/mg;
	# Types of routines, with their page, and the members that have such a type.
	$typedef{$2} = $1 while $text =~
		m!DDI page: \w+, (\w+)[^/]*\*/\ntypedef \w+ \(\*(P\w+)\)!g;
	push @members, [ $1, $2 ] while $text =~ /^\t(P\w+) (\w+);/mg;
}
for my $member (@members) {
	my ($type, $name) = @$member;

	next if !$typedef{$type} || $name eq 'CompletionRoutine';
	$wanted{$name} = "the page $typedef{$type}";
}
die "nothing is wanted\n" if !%wanted || !%typedef || !%status;

# KUnit cases, as SUITE.CASE.
for my $file (glob('tests/kunit/*_test.c')) {
	my $text = text_of($file);
	my %array;

	while ($text =~ /^static struct kunit_case (\w+)\[\] = \{(.*?)^\};/msg) {
		my ($name, $list) = ($1, $2);

		$array{$name} = [ $list =~ /KUNIT_CASE(?:_PARAM)?\(winpar_test_(\w+)/g ];
	}
	while ($text =~ /\.name = "winpar_(\w+)",.*?\.test_cases = (\w+),/sg) {
		my ($suite, $list) = ($1, $2);

		$cases{"$suite.$_"} = 1 for @{$array{$list} // []};
	}
}

sub complain { print "$page:$.: @_\n" }

sub is_test {
	my ($test) = @_;

	return -e "tests/vm/guest/sim-$1" if $test =~ /^simtest (\w+)$/;
	return -e "tests/vm/guest/part-$1" || -e "tests/vm/guest/$1"
		if $test =~ /^vmtest (\w+)$/;
	return $cases{$test};
}

# The statuses of a function, and whether the device's job that it submits may be stopped.
sub statuses {
	my ($name, $found) = @_;

	if (!defined $returns{$name}) {
		complain("there is no $name() with kernel-doc");
		return;
	}
	return if $found->{"$name()"}++;
	my $return = $returns{$name};
	$found->{$1} = 1 while $return =~ /\bSTATUS_(\w+)/g;
	$found->{'what stopped it'} = 1 if $return =~ /what stopped it/;
	statuses($1, $found) while $return =~ /\bas (\w+)\(\)/g;
	# A job's contents are tested when it is submitted.
	if ($name =~ /^winpar_job_(\w+)$/ && defined $returns{"winpar_ioctl_$1"}) {
		statuses("winpar_ioctl_$1", $found);
	}
}

my ($rows, $tests) = (0, 0);
open(my $in, '<', $page) or die "$page: $!\n";
while (<$in>) {
	next if !/^\| [^|]/ || /^\| (?:request|routine|major|test)\b/;
	chomp;
	my @cells = map { s/^\s+|\s+$//gr } split /\|/, $_, -1;

	shift @cells;
	pop @cells;
	my $proofs = pop @cells;
	my @proofs = $proofs =~ /`([^`]+)`/g;

	complain("no test") if !@proofs;
	for my $test (@proofs) {
		$tests++;
		complain("there is no test $test") if !is_test($test);
	}
	$rows++;
	my @names = $cells[0] =~ /`(\w+)`/g;
	my ($function) = join(' ', @cells[0, 1]) =~ /`(\w+)\(\)`/;

	# The first table: the statuses that every request may have.
	next if !@names;
	for my $name (@names) {
		complain("no header has $name") if !$wanted{$name};
		complain("$name has two rows") if $seen{$name}++;
	}
	# A routine's page is the header's word.
	if (($wanted{$names[0]} // '') =~ /^the page (\w+)/ &&
	    $cells[1] ne "`$1`") {
		complain("the page of $names[0] is $1");
	}
	next if !$function;

	my %found;
	statuses($function, \%found);
	# Callbacks that answer TRUE, a number or nothing have no statuses.
	my @doc = sort grep { !/\(\)$/ } keys %found;
	my @row = sort grep { $status{$_} } $cells[2] =~ /\b([A-Z_]{4,})\b/g;

	push @row, 'what stopped it' if $cells[2] =~ /what stopped it/;
	next if $cells[2] =~ /^those of the request$|^as IRP_MJ_\w+$/;
	@row = sort @row;
	complain("$function() returns @doc; the row says @row")
		if "@row" ne "@doc";
}
for my $name (sort keys %wanted) {
	print "$page: $name has no row\n" if !$seen{$name};
}
die "nothing to look at\n" if !$rows;
print STDERR "$rows rows, $tests tests\n";
