using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>What of a script cannot be written for a client.</summary>
/// <param name="place">What the script is for.</param>
/// <param name="text">Knows where secret variables may stand.</param>
internal sealed class ScriptRefusals(ClientScriptPlace place, PsqlText text)
{
    /// <summary>The problems of a script.</summary>
    /// <param name="step">The script.</param>
    /// <param name="isOutside">Whether it runs without a transaction.</param>
    public IEnumerable<FileProblem> Of(StepExecution step, bool isOutside)
    {
        foreach (var piece in PostgreSqlStatementReader.Read(step.Script))
        {
            if (piece.Kind is SqlPieceKind.Gap or SqlPieceKind.Terminator)
                continue;
            var location = step.Script.At(piece.Line, piece.Column);
            if (HiddenIn(piece.Text, isOutside) is { } name)
                yield return Problem(
                    location,
                    $"The value of the secret variable '{name}' stands where no script can leave it to the client.",
                    "For psql, let a literal or a quoted name be nothing but the reference: '${"
                        + name
                        + "}', in a script with a "
                        + "transaction. Or let the tool run this migration."
                );
            if (piece.CopiesFromClient && WhyNoCopy(isOutside) is { } why)
                yield return Problem(location, why, "Write the rows as INSERT, or let the tool run this migration.");
        }
    }

    // The history identifies a statement without a transaction by its text, with the values in it.
    private string? HiddenIn(string statement, bool isOutside) =>
        text.FindSecret(statement)
        ?? (isOutside ? place.Secrets.FirstOrDefault(s => statement.Contains(s.Key, StringComparison.Ordinal)).Value : null);

    private string? WhyNoCopy(bool isOutside) =>
        place.Client != ScriptClient.Psql ? "The data lines of a COPY are understood by psql alone."
        : isOutside ? "Data lines of a COPY are not written in a script without a transaction."
        : place.IsIdempotent ? "Data lines of a COPY cannot be left out by psql's \\if, which reads them as SQL."
        : null;

    private static FileProblem Problem(ScriptLocation location, string message, Advice remedy) =>
        new(ErrorId.ExportRefused, location, message, remedy);
}
