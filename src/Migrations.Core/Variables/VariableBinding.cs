using System.Text;
using Migrations.Folders;
using Migrations.Sql;

namespace Migrations.Variables;

/// <summary>Gives scripts the variables of a call. Their text is filled in when it is first read.</summary>
internal static class VariableBinding
{
    /// <summary>Reads a migration folder whose scripts take variables.</summary>
    /// <exception cref="MigrationException">As for <see cref="MigrationSource.Read"/>.</exception>
    public static MigrationFolder ReadFolder(
        MigrationSource source,
        FolderOptions options,
        ISqlDialect dialect,
        CancellationToken cancellationToken
    )
    {
        var read = source.Read(options, cancellationToken);
        if (read.HasCode)
            read = WithCode(read, options);
        return options.Variables is not { } variables
            ? read with
            {
                Warnings = [.. read.Warnings, .. FlywayPlaceholders.Find(read, dialect)],
            }
            : With(
                read,
                m => m with { Up = Bind(m.Up, dialect, variables), Down = m.Down is null ? null : Bind(m.Down, dialect, variables) }
            );
    }

    private static MigrationFolder With(MigrationFolder read, Func<Migration, Migration> change) =>
        read with
        {
            Migrations = [.. read.Migrations.Select(change)],
            Squashes = [.. read.Squashes.Select(s => s.With(change))],
        };

    private static MigrationFolder WithCode(MigrationFolder read, FolderOptions options)
    {
        var variables = CodeVariables(options);
        return With(read, m => m.IsCode ? m with { Up = Of(m.Up, variables, options)!, Down = Of(m.Down, variables, options) } : m);
    }

    /// <summary>A script that is code, with what runs it and the values of variables; others as they are.</summary>
    public static MigrationScript WithCode(MigrationScript script, FolderOptions options) =>
        script.Code is null ? script : Of(script, CodeVariables(options), options)!;

    private static Dictionary<string, string> CodeVariables(FolderOptions options)
    {
        var given = options.Variables?.Variables ?? [];
        VariableSecrets.Hide(given);
        return given.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
    }

    private static MigrationScript? Of(MigrationScript? script, Dictionary<string, string> variables, FolderOptions options) =>
        script?.Code is { } code ? script with { Code = code.Bound(script, variables, options.PowerShell) } : script;

    /// <summary>
    /// A script that takes variables; the same one without variables, or when it has no reference. An unknown rule for them in its header
    /// is an error also without a reference: where there are variables, it is no remark.
    /// </summary>
    public static MigrationScript Bind(MigrationScript script, ISqlDialect dialect, VariableSet? variables)
    {
        // What goose's own directive has filled in is filled in.
        if (variables is null || script.Substituted is not null || (!script.HasReference && script.Header.Variables.NoRule is null))
            return script;
        VariableSecrets.Hide(variables.Variables);
        return script with
        {
            Filled = new Lazy<FilledText>(
                () => new VariableInserter(dialect, variables, script).Fill(script.ReadOriginalText()),
                LazyThreadSafetyMode.PublicationOnly
            ),
        };
    }

    /// <summary>The text of a file that is no migration, with variables in it.</summary>
    /// <exception cref="FolderException">A variable is not defined, or is where it may not be; all of them are named.</exception>
    public static string Fill(string file, string text, ISqlDialect dialect, VariableSet? variables)
    {
        var bound = Bind(MigrationScript.OfText(file, text) with { Header = HeaderOf(file, text) }, dialect, variables);
        return bound.Filled?.Value.Text ?? text;
    }

    private static MigrationHeader HeaderOf(string file, string text)
    {
        var header = new HeaderBuilder(MigrationHeader.Empty, file);
        var comments = new LeadingComments();
        comments.Start(firstLine: 1, header);
        comments.Append(Encoding.UTF8.GetBytes(text));
        comments.Finish();
        return header.Header;
    }
}
