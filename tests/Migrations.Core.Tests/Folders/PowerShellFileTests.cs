using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>Migrations in PowerShell, as they are read without PowerShell.</summary>
public sealed class PowerShellFileTests
{
    private const string Both = "# Description: both\nfunction up { 'a' }\nfunction down { 'b' }\n";

    public static TheoryData<string, string, bool> Texts =>
        new()
        {
            { "plain", "function up { 'a' }", false },
            { "both", Both, true },
            { "any case, any line", "FUNCTION Up\n{\n}\nfilter DOWN\n{\n}", true },
            { "parameters with braces", "function up($Connection = ({ 1 })) { }\nfunction down([string] $x = '}') { }", true },
            { "nested ones do not count", "function up { function down { } }", false },
            { "nor those in comments", "function up { }\n# function down { }\n<# function down { } #>", false },
            { "nor those in strings", "function up { }\n'function down { }'; \"function down { }\"\n@'\nfunction down { }\n'@", false },
            { "braces in strings", "function up { '}' ; \"} `\" }\"; \"$( '}' )\"; @\"\n}\n\"@ }\nfunction down { }", true },
            { "escaped braces", "function up { echo `} }\nfunction down { }", true },
            { "a number sign in a word", "function up { echo a#b } ; function down { }", true },
            { "lines that end with CR", "# c\rfunction up { }\r@'\rfunction x {\r'@\rfunction down { }", true },
            { "the word as an argument", "Get-Command -CommandType Function -Name a\nfunction up { }\nfunction down { }", true },
            { "the word on a continued line", "Get-Command `\r\n Function -Name a\r\nfunction up { }\r\nfunction down { }", true },
            { "names in braces", "function up { ${a'b} = \"${c\"}\"; ${`}} = 1 }\nfunction down { }", true },
            { "what a program is given as it stands", "function up { git log --% \"|\" ' | cat \n}\nfunction down { }", true },
            { "quotes of word processors", "function up { \u201c}\u201d; @\u2018\n}\n\u2019@ }\nfunction down { }", true },
            { "in front of a function on its line", "param($Connection) function up { } function down { }", true },
            { "other functions", "function helper { }\nfunction up { helper }\nfunction uptime { }\nfunction downs { }", false },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Functions_at_the_top_level_are_the_halves(string name, string text, bool hasUndo)
    {
        Assert.NotEmpty(name);
        using var folder = new TemporaryFolder();
        folder.Write("001_a.ps1", text);
        var migration = folder.Single();
        Assert.Equal(("001_a", MigrationKind.PowerShell, hasUndo), (migration.FullName, migration.Kind, migration.HasUndo));
        Assert.Equal(text, migration.Up.Code!.Text);
    }

    public static TheoryData<string, string, string> Problems =>
        new()
        {
            { "001_a.ps1", "", "no function 'up'" },
            { "001_a.ps1", "function down { }", "no function 'up'" },
            { "001_a.ps1", "if ($true) { function up { } }", "no function 'up'" },
            { "001_a.ps1", "function up { }\nfunction Up { }", "twice" },
            { "001_a.ps1", "# Transaction: none\nfunction up { }", "transaction of its history row" },
            { "001_a.down.ps1", "function up { }", "both halves in one file" },
            { "001_a.up.ps1", "function up { }", "both halves in one file" },
        };

    [Theory]
    [MemberData(nameof(Problems))]
    public void What_is_none_is_refused(string name, string text, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, text);
        Assert.Contains(folder.Problems(), p => p.Id == ErrorId.CodeInvalid && p.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_header_is_read_and_an_undo_can_be_corrected_without_changing_the_migration()
    {
        using var folder = new TemporaryFolder();
        folder.Write("001_a.ps1", "<#\n  Depends-On: 000\n#>\n" + Both);
        var before = folder.Single();
        Assert.Equal(("both", "000"), (before.Header.Description, before.Header.DependsOn.Single()));
        folder.Write("001_a.ps1", "<#\n  Depends-On: 000\n#>\n" + Both.Replace("'b'", "'c'", StringComparison.Ordinal));
        var after = folder.Single();
        Assert.Equal(before.Up.Checksum, after.Up.Checksum);
        Assert.NotEqual(before.Down!.Checksum, after.Down!.Checksum);
    }

    [Fact]
    public void They_stand_between_those_in_sql()
    {
        using var folder = new TemporaryFolder().With("001_a.sql", "003_c.sql", "003_c.down.sql", "deploy.ps1");
        folder.Write("002_b.ps1", Both);
        Assert.Equal("001_a, 002_b, 003_c", string.Join(", ", folder.Read().Migrations));
        folder.Write("003_c.ps1", Both);
        Assert.Contains(folder.Problems(), p => p.Id == ErrorId.MigrationDuplicate);
    }

    [Theory]
    [InlineData("function up { 1 }", "function up {   1 }  # more", true)]
    [InlineData("function up { 1 }", "# Description: x\n\nfunction up { 1 }", true)]
    [InlineData("function up { 1 }", "function up { 2 }", false)]
    [InlineData("function up { 'a  b' }", "function up { 'a b' }", false)]
    [InlineData("function up { $i--; 1 }", "function up { $i--; 2 }", false)]
    [InlineData("function up { 1 }", "# Timeout: 5s\nfunction up { 1 }", false)]
    public void Comments_and_white_space_change_nothing(string left, string right, bool isSame) =>
        Assert.Equal(isSame, PowerShellText.IsSame(left, right));
}
