# SPDX-License-Identifier: GPL-2.0-only
# Compares the table of functions in docs/wdm.md with include/winpar/ddk/ and wdm/, in the
# top of a tree. A row that says "absent" names what no header has, every other row what a
# header has; `...Name` stands for each name with that end, `Name...` for each with that
# beginning. What wdm/ exports under Windows' name has a row, and so has the function
# that the first line of the comment names above what it exports under another name.
# Each of them gives its DDI page. Prints a line for each difference; on stderr, how many
# names were compared.
use strict;
use warnings;

my $page = 'docs/wdm.md';
my (%word, %row, @pattern, $count);

sub text_of {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

for my $file (glob('include/winpar/ddk/*.h'), glob('include/winpar/*.h')) {
	my $text = text_of($file);

	$text =~ s{/\*.*?\*/}{}gs;
	$word{$1} = 1 while $text =~ /\b([A-Za-z_]\w*)/g;
}

my $line = 0;
for (split /\n/, text_of($page)) {
	$line++;
	next if !/^\| (.*?) \| (.*) \|$/;
	my ($names, $here) = ($1, $2);
	my $absent = $here =~ /^absent/;

	while ($names =~ /`([^`]+)`/g) {
		my $name = $1;
		next if $name =~ /\.[ch]$/;
		my $pattern = '^' . join('\w+', map { quotemeta } split(/\.\.\./, $name, -1)) . '$';
		my $there = grep { /$pattern/ } keys %word;

		$count++;
		$row{$name} = 1;
		push @pattern, $pattern;
		print "$page:$line: $name is absent here, and a header has it\n"
			if $absent && $there;
		print "$page:$line: no header has $name\n" if !$absent && !$there;
	}
}
die "no table\n" if !$count;

for my $file (glob('wdm/*.c')) {
	my $text = text_of($file);
	my %comment;

	$comment{$2} = $1
		while $text =~ m!/\*\*\n((?: \* (\w+)\(\) - (?:[^\n]*\n)(?: \*[^\n]*\n)*?)) \*/!g;
	while ($text =~ /^WINPAR_EXPORT\((\w+)\);/mg) {
		my $name = $1;
		next if $name =~ /^winpar_wdm_\w+s?$/ && !$comment{$name};
		my $comment = $comment{$name} // '';
		my @names = $name =~ /^winpar_wdm_/ ?
			($comment =~ /^[^:]*:\s+(?:\*\s+)?(.*?)\n \* ?[@\n]/s ?
			 $1 =~ /\b([A-Z]\w+)\(\)/g : ()) : ($name);

		for my $windows (@names) {
			$count++;
			print "$page: $windows() of $file has no row\n"
				if !grep { $windows =~ /$_/ } @pattern;
		}
		print "$file: $name() does not name its DDI page\n"
			if $comment !~ /\bDDI page: \w+, \w+/;
	}
}
# Not of these: annotations, keywords, what a driver includes beside <wdm.h>.
for my $file (grep { !/(?:sal|driverspecs|specstrings|msvc|entry|client)\.h$/ }
	      glob('include/winpar/ddk/*.h')) {
	my $text = text_of($file);
	my %name;

	$text =~ s{/\*.*?\*/}{}gs;
	$text =~ s/\\\n/ /g;
	$name{$1} = 1 while $text =~ /^#\s*define\s+(\w+)\(/mg;
	# Another name of a function, which a constant has not.
	while ($text =~ /^#\s*define\s+(\w+)\s+\(?([A-Za-z_]\w+)(?:\(\))?\)?$/mg) {
		my ($name, $other) = ($1, $2);

		$name{$name} = 1 if "$name $other" =~ /^\w*[a-z]\w* | winpar_wdm/;
	}
	$name{$1} = 1 while $text =~ /^static\s+inline\s[^(;#]*?\b(\w+)\(/mg;
	for my $name (sort keys %name) {
		next if $name =~ /^_?winpar|^_*WINPAR|##/i;
		$count++;
		print "$page: $name of $file has no row\n"
			if !grep { $name =~ /$_/ } @pattern;
	}
}

for my $name (split ' ', text_of('tests/lint/functions-wanted') =~ s/^#.*$//mgr) {
	$count++;
	print "$page: $name, which published drivers use, has no row\n"
		if !grep { $name =~ /$_/ } @pattern;
}
print STDERR "$count names\n";
