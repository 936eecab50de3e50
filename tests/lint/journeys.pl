# SPDX-License-Identifier: GPL-2.0-only
# Checks the arrows of the journeys: the docs/*.dot given, in the top of a tree. A solid
# arrow from one function to another says that the first calls the second, itself or
# through at most $deep functions. An arrow by a table, by a pointer or to another
# context is dashed or dotted. Prints each solid arrow without such a call; on stderr, how
# many arrows were checked.
use strict;
use warnings;

my $deep = 4;
my (%body, %calls, $count);

sub text_of {
	my ($file) = @_;
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	return scalar <$in>;
}

# The functions of winpar's rooms: a body begins and ends at the first column.
for my $file (grep { !/\.mod\.c$/ } glob('{,api/,device/,port/,host/}*.[ch]')) {
	my $text = text_of($file);

	$text =~ s{/\*.*?\*/}{}gs;
	$body{$1} .= $2 while
		$text =~ /^(?=\w)[^\n;{}]*?\b(\w+)\([^;{}]*\)[^;{}]*\n\{\n(.*?)^\}/msg;
}
die "no functions\n" if !%body;
for my $name (keys %body) {
	my %seen;

	$seen{$1} = 1 while $body{$name} =~ /\b([a-z_]\w+)\b/g;
	$calls{$name} = [ grep { $_ ne $name && exists $body{$_} } keys %seen ];
}

# Does $from reach $to?
sub reaches {
	my ($from, $to) = @_;
	my %seen = ($from => 1);
	my @row = ($from);

	for (0 .. $deep) {
		@row = grep { !$seen{$_}++ } map { @{ $calls{$_} // [] } } @row;
		return 1 if $seen{$to};
	}
	return 0;
}

for my $journey (@ARGV) {
	my $text = text_of($journey);
	my %box;

	$text =~ s{//.*}{}g;
	$box{$1} = $2 while $text =~ /(\w+) \[label="(\w+)\(\)\\n/g;
	while ($text =~ /^\s*((?:\w+ -> )+\w+)[ \t]*(\[[^\]]*\])?/mg) {
		my ($arrows, $style) = ($1, $2 // '');
		my @name = split / -> /, $arrows;

		next if $style =~ /\bstyle=(?:invis|dashed|dotted)/;
		for my $i (0 .. $#name - 1) {
			my ($from, $to) = @box{ @name[$i, $i + 1] };

			next if !defined $from || !defined $to;
			$count++;
			print "$journey: $from() does not call $to()\n"
				if !reaches($from, $to);
		}
	}
}
die "no arrows\n" if !$count;
print STDERR "$count arrows\n";
