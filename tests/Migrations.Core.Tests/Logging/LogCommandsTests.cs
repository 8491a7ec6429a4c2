using Migrations.Logging;
using Xunit;

namespace Migrations.Core.Tests.Logging;

/// <summary>What a build service reads in a log, and what it must not take for a command.</summary>
public sealed class LogCommandsTests
{
    [Theory]
    [InlineData(LogFormat.Text, null)]
    [InlineData(
        LogFormat.AzureDevOps,
        "##vso[task.logissue type=error;sourcepath=/a%3Bb%5D,c.sql;linenumber=3;columnnumber=7;code=StatementFailed;]"
            + "50%AZP25 # #vso[x]%0Amore"
    )]
    [InlineData(LogFormat.GitHub, "::error file=/a;b]%2Cc.sql,line=3,col=7,title=StatementFailed::50%25 # #vso[x]%0Amore")]
    public void An_error_has_its_place_and_cannot_leave_its_line(LogFormat format, string? expected)
    {
        var error = new MigrationException(ErrorId.StatementFailed, "50% ##vso[x]\nmore", "")
        {
            Location = new ScriptLocation("/a;b],c.sql", 3, 7),
        };
        Assert.Equal(expected, LogCommands.Errors(format, error).SingleOrDefault());
    }

    [Theory]
    [InlineData(LogFormat.Text, "", "")]
    [InlineData(LogFormat.AzureDevOps, "##vso[task.logissue type=warning;]a%0Db\uFFFD", "##vso[task.setprogress value=40;]a%0Db\uFFFD")]
    [InlineData(LogFormat.GitHub, "::warning::a%0Db\uFFFD", "")]
    public void Warnings_and_progress_are_what_the_service_knows(LogFormat format, string warning, string progress)
    {
        Assert.Equal(warning, string.Concat(LogCommands.Warning(format, "a\rb\e")));
        Assert.Equal(progress, string.Concat(LogCommands.Progress(format, 40, "a\rb\e")));
    }

    [Theory]
    [InlineData(LogFormat.Text, "##vso[a]\n::error::x", "##vso[a]\n::error::x")]
    [InlineData(LogFormat.AzureDevOps, "x ##vso[a]\n::error::x", "x # #vso[a]\n::error::x")]
    [InlineData(LogFormat.AzureDevOps, "###vso[a] ##section", "# ##vso[a] # #section")]
    [InlineData(LogFormat.GitHub, "::set-env name=a::b", ": :set-env name=a::b")]
    [InlineData(LogFormat.GitHub, "a\n \t\u00a0::add-mask::b\nc ::x", "a\n \t\u00a0: :add-mask::b\nc ::x")]
    [InlineData(LogFormat.GitHub, ":::x::", ": ::x::")]
    [InlineData(LogFormat.GitHub, "a ##[error]b", "a # #[error]b")]
    [InlineData(LogFormat.GitHub, "SELECT a::text", "SELECT a::text")]
    public void Text_of_others_is_no_command(LogFormat format, string text, string expected) =>
        Assert.Equal(expected, LogCommands.Harmless(format, text));
}
