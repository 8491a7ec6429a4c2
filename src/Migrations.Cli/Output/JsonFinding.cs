using Migrations.Linting;
using Migrations.Sql;

namespace Migrations.Cli.Output;

// The shape that --output json promises for findings of rules.

internal sealed record JsonFinding(
    string? Database,
    string Migration,
    string Rule,
    bool IsError,
    string Message,
    string Why,
    string File,
    int Line,
    int? Column,
    string? Statement,
    string? Table,
    long? Rows,
    string Advice,
    IReadOnlyList<LintStep> Rewrite,
    IReadOnlyList<string> Written,
    string? NotWritten,
    string Link
)
{
    public static JsonFinding Of(LintFinding f) =>
        new(
            f.Database,
            f.Migration,
            f.Rule,
            f.IsError,
            f.Message,
            f.Why,
            f.File,
            f.Line,
            f.Column,
            f.Statement,
            f.Table,
            f.Rows,
            f.Advice,
            f.Rewrite,
            f.Written,
            f.NotWritten,
            f.Link
        );
}
