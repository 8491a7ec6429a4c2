using System.Text;
using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>What of a script cannot be written for a client.</summary>
/// <param name="place">What the script is for.</param>
internal sealed class ScriptRefusals(ClientScriptPlace place)
{
    // https://developers.cloudflare.com/d1/platform/limits/
    private const int LongestD1Statement = 100_000;

    // By this text wrangler recognises a dump with transactions, and takes words out of it, also of a literal.
    private const string D1Transaction = "BEGIN TRANSACTION";

    /// <summary>The problems of a script.</summary>
    public IEnumerable<FileProblem> Of(StepExecution step, bool isOutside)
    {
        if (isOutside && place.Client == ScriptClient.D1)
        {
            yield return Problem(
                new ScriptLocation(step.Script.File, step.Script.FirstLine),
                "The script runs without a transaction, and D1 runs a file in one.",
                "Take out what needs none, or leave the migration out of the folder for D1."
            );
            yield break;
        }

        foreach (var statement in SqliteDialect.Instance.Split(step.Script))
        {
            if (Find(statement) is { } problem)
                yield return problem;
        }
    }

    private FileProblem? Find(ScriptStatement statement)
    {
        foreach (var (word, name) in place.Secrets)
        {
            if (statement.Text.Contains(word, StringComparison.Ordinal))
                return Problem(
                    statement.Location,
                    $"The statement has the value of the secret variable '{name}', which is not written into a script.",
                    "Let the tool run this migration."
                );
        }

        return place.Client switch
        {
            ScriptClient.D1 => OfD1(statement),
            ScriptClient.Sqlite3 when ShellText.LosesLineEnd(statement.Text) => Problem(
                statement.Location,
                "The statement has a line end CR LF in a name or in a text that the database keeps; the sqlite3 shell drops the CR.",
                "Save the file with LF line ends, or let the tool run this migration."
            ),
            _ => null,
        };
    }

    private static FileProblem? OfD1(ScriptStatement statement)
    {
        if (Encoding.UTF8.GetByteCount(statement.Text) is > LongestD1Statement and var bytes)
            return Problem(
                statement.Location,
                $"The statement has {bytes} bytes, and D1 takes {LongestD1Statement}.",
                "Divide it into several statements."
            );
        if (statement.Text.Contains(D1Transaction, StringComparison.Ordinal))
            return Problem(
                statement.Location,
                $"The statement has '{D1Transaction}' in it, also if only in a text or a comment: wrangler changes or refuses such a file.",
                "Write these words in small letters, or apart."
            );
        return StatementHead.Read(statement.Text) is { NeedsAutocommit: true } head && !SqlitePragmas.SetsForeignKeys(head)
            ? Problem(
                statement.Location,
                "The statement cannot run in a transaction, and D1 runs a file in one.",
                "Remove it: D1 has its own settings of the file."
            )
            : null;
    }

    private static FileProblem Problem(ScriptLocation location, string message, Advice remedy) =>
        new(ErrorId.ExportRefused, location, message, remedy);
}
