# SPDX-License-Identifier: GPL-2.0-only
# Prints what the headers given define, a line each: "value NAME" for each constant and
# enumerator, "text NAME TEXT" for a string or GUID, "layout TYPE (whole)" and "layout
# TYPE MEMBER" for each structure and union. Include guards, macros with arguments and
# aliases are left out. A definition that cannot be read ends the script.
use strict;
use warnings;

my %text;

# Of a GUID, in the order of its members.
sub digits {
	return join ' ', map { sprintf '%x', hex } $_[0] =~ /0x[0-9a-f]+/gi;
}

sub members {
	my ($type, $body, $file) = @_;
	# A structure inside: its name if it has one, else its members.
	1 while $body =~ s/\b(?:struct|union)\s*\{([^{}]*)\}\s*(\w*)\s*;/$2 ? "X $2;" : $1/e;
	for (split /;/, $body) {
		next if !/\S/ || /:\s*\d+\s*$/;
		/(\w+)\s*(?:\[[^\]]*\]\s*)*$/ or die "$file: $type: cannot read the member '$_'\n";
		print "layout $type $1\n";
	}
}

for my $file (@ARGV) {
	open(my $in, '<', $file) or die "$file: $!\n";
	local $/;
	my $text = <$in>;
	$text =~ s{/\*.*?\*/}{ }gs;
	$text =~ s/\\\n/ /g;
	# As mingw-w64's headers have them.
	while ($text =~ /\bDEFINE_GUID\s*\(\s*(\w+)\s*,([^)]*)\)/g) {
		my ($name, $value) = ($1, $2);
		$text{$name} = digits($value);
		print "text $name $text{$name}\n";
	}
	while ($text =~ /^#\s*define\s+(\w+)[ \t]+(\S.*)$/mg) {
		my ($name, $value) = ($1, $2);
		if ($value =~ /struct _GUID\)\s*(.*)/) {
			$text{$name} = digits($1);
		} elsif ($value =~ /^[Lu]?"(.*)"/) {
			$text{$name} = $1;
		} elsif (exists $text{$value}) {
			$text{$name} = $text{$value};
		}
		if (exists $text{$name}) {
			print "text $name $text{$name}\n";
		} else {
			print "value $name\n";
		}
	}
	$text =~ s/__attribute__\s*(\((?:[^()]|(?1))*\))|\bWINPAR_WDM_WIDE\b//g;
	while ($text =~ /\btypedef\s+(struct|union|enum)\s*\w*\s*(\{(?:[^{}]|(?2))*\})\s*(\w+)/g) {
		my ($kind, $body, $type) = ($1, substr($2, 1, -1), $3);
		if ($kind eq 'enum') {
			/^\s*(\w+)/ && print "value $1\n" for split /,/, $body;
		} else {
			print "layout $type (whole)\n";
			members($type, $body, $file);
		}
	}
}
