using Migrations.History;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Lines of data behind a COPY, whose columns say that they are secrets.</summary>
public sealed class CopySecretTests
{
    [Theory]
    [InlineData("COPY users (name, password) FROM stdin;\nann\thunter2\nbob\t\\N\n\\.\nSELECT 1;", "ann\t***\nbob\t\\N\n\\.\nSELECT 1;")]
    [InlineData("COPY users (name, password) FROM STDIN WITH (FORMAT csv);\nann,hunter2\n\\.\n", "csv);\n***\n\\.\n")]
    [InlineData("COPY users (name, note) FROM stdin;\nann\tpassword\n\\.\n", "ann\tpassword")]
    [InlineData("COPY a.users (api_token, n) FROM stdin;\r\nhunter2\t1\r\n\\.\r\n", "***\t1\r\n")]
    public void Fields_of_secrets_are_masked(string script, string shown)
    {
        var redacted = ScriptRedaction.Redact(new PostgreSqlDriver().Dialect, script);
        Assert.Contains(shown, redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", redacted, StringComparison.Ordinal);
    }
}
