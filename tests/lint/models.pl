# SPDX-License-Identifier: GPL-2.0-only
# models.pl MODEL...: do the functions that a model's head names exist in the files that it
# names, do these files name the model in their comments, and has the code the states that
# the model takes from an enum? What is wrong goes to stdout, a line each; a count to stderr.
use strict;
use warnings;

my ($functions, $states) = (0, 0);
my %text;

# The file, or nothing if it is not there.
sub text_of {
	my ($path) = @_;
	local $/;
	return $text{$path} if exists $text{$path};
	open my $in, '<', $path or return $text{$path} = '';
	return $text{$path} = <$in>;
}

# The functions of "f(), g() (file.c), h() (file.h)", by their file; what is in no file.
sub functions_of {
	my ($code) = @_;
	my (%in, @list);

	for my $word (split /,? /, $code) {
		if ($word =~ /^(\w+)\(\)$/) {
			push @list, $1;
		} elsif ($word =~ /^\((.*)\)$/) {
			push @{$in{$1}}, @list;
			@list = ();
		} else {
			push @list, $word;
		}
	}
	return \%in, @list;
}

# The enum's values, as the files or a header beside them have it.
sub values_of {
	my ($enum, @files) = @_;

	for my $file (@files, glob '*/*.h') {
		return $1 if text_of($file) =~ /^enum $enum \{(.*?)^\}/ms;
	}
	return '';
}

for my $model (@ARGV) {
	my $text = text_of($model);
	my ($name) = $model =~ m{([^/]+)$};
	my ($code) = $text =~ /^ \* The code: (.*?)\.\n \*\n/ms;
	my ($in, @nowhere) = functions_of(join ' ', split /\s+(?:\*\s+)?/, $code // 'nothing');
	print "$model: its head names $_ and no file for it\n" for @nowhere;
	for my $file (sort keys %$in) {
		my $source = text_of($file);
		print "$file: its comments do not name $name\n" if $source !~ /\b\Q$name\E/;
		for my $function (@{$in->{$file}}) {
			$functions++;
			print "$model: $file has no $function()\n" if $source !~ /\b$function\(/;
		}
	}
	print "$model: its states are not said to be those of an enum\n"
		if $text =~ /^byte .*\bstate\b/m && $text !~ m{^/\* enum }m;
	for my $part ($text =~ m{^(/\* enum .*?)(?:^\n|\z)}msg) {
		my ($enum) = $part =~ /enum (\w+)/;
		my $values = values_of($enum, sort keys %$in);
		for my $state ($part =~ /^#define (?:P_)?(\w+)\s/mg) {
			# "STATE: what the model means by it"
			next if $part =~ /\b$state: /;
			$states++;
			print "$model: enum $enum has no $state\n" if $values !~ /_$state\b/;
		}
	}
}
print STDERR "$functions functions, $states states of ", scalar @ARGV, " models\n";
