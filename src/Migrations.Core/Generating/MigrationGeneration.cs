using Migrations.Comparing;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Variables;

namespace Migrations.Generating;

/// <summary>
/// Writes the next migration of a folder from the schema that is wanted: replays the folder on a scratch database, writes the difference
/// in both directions, and rehearses it on another, with rows. Only what is proven there is written.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database; its kind, and the server of the scratch databases, count. Its rows are copied only where the request
/// says so.</param>
/// <param name="folder">The migration folder, which need not exist.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class MigrationGeneration(IDatabaseDriver driver, DatabaseTarget target, string folder, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = Quiet(options ?? new MigratorOptions());

    /// <summary>Writes the migration.</summary>
    /// <exception cref="MigrationException">The folder or the schema is bad, a migration fails, a rename fits nothing, or
    /// <see cref="ErrorId.ScratchUnavailable"/>.</exception>
    public async Task<GeneratedMigration> RunAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var root = Path.GetFullPath(folder);
        var files = MigrationTemplate.Preview(root, request.Name, request.Files, DateTimeOffset.UtcNow);
        var result = new GeneratedMigration
        {
            Database = target.Display,
            Target = target,
            Service = _options.Service,
            Path = folder,
            Name = NameOf(files[0]),
            Outcome = GenerationOutcome.Refused,
        };
        var wanted = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        var read = Directory.Exists(root)
            ? VariableBinding.ReadFolder(root, _options.Folder, driver.Dialect, cancellationToken)
            : new MigrationFolder { Path = root, Migrations = [] };
        var copies = new GenerationCopies(driver, target, _options, request, read);
        var draft = await copies.DraftAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (draft.Reasons.Count > 0)
            return result with { Reasons = draft.Reasons, Differences = draft.Differences };
        if (draft.Up.Count == 0)
            return result with { Outcome = GenerationOutcome.Unchanged };
        var proof = await copies.ProveAsync(draft, wanted, cancellationToken).ConfigureAwait(false);
        return Written(
            root,
            request,
            draft,
            proof,
            result with
            {
                UndoVerdict = proof.Rehearsed?.UndoVerdict ?? UndoVerdict.NotRun,
                Reasons = proof.Reasons,
                Differences = proof.Differences,
                Unfilled = proof.Unfilled,
                Up = draft.Script(proof, down: false),
                Down = draft.Script(proof, down: true),
                UpLosses = [.. draft.UpNotes.Losses.Select(l => l.ToString())],
                DownLosses = [.. draft.DownNotes.Losses.Select(l => l.ToString())],
            }
        );
    }

    private static GeneratedMigration Written(
        string root,
        GenerationRequest request,
        GenerationDraft draft,
        GenerationProof proof,
        GeneratedMigration result
    )
    {
        if (proof.Reasons.Count > 0)
            return result;
        var options = request.Files with { Scripts = (draft.Script(proof, down: false), draft.Script(proof, down: true)) };
        var now = DateTimeOffset.Now;
        var files = request.WhatIf
            ? MigrationTemplate.Preview(root, request.Name, options, now)
            : MigrationTemplate.Create(root, request.Name, options, now);
        return result with
        {
            Outcome = request.WhatIf ? GenerationOutcome.WhatIf : GenerationOutcome.Written,
            Name = NameOf(files[0]),
            Files = files,
        };
    }

    private async Task<SchemaSnapshot> ReadAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        _options.Session.Events.Publish(new WorkAdvanced($"Reading {request.Shown}", 0, 1, "schemas"));
        var scratch = new ScratchRequest
        {
            Origin = target,
            Server = request.ScratchServer,
            Session = _options.Session,
        };
        if (request.Schema is FolderSide { Folder: var place } && SchemaFilesOf(place) is { Count: > 0 } files)
            return await new SchemaReplay(driver, _options, scratch).RunFilesAsync(files, cancellationToken).ConfigureAwait(false);
        return await new SchemaSides(driver, _options, scratch).ReadAsync(request.Schema, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The files of a folder of SQL that is no migration folder, in the order of their names; empty for one that is.</summary>
    private static List<string> SchemaFilesOf(string place)
    {
        var files = Directory.EnumerateFiles(place, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        return files.Exists(f => IsOfMigrations(Path.GetFileName(f))) ? [] : files;

        static bool IsOfMigrations(string name) => MigrationFileName.BeginsLikeOne(name) || FolderPerMigration.FormOf(name) is not null;
    }

    // A migration in a folder of its own is called by the folder.
    private static string NameOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (name is "up" or "migration")
            return Path.GetFileName(Path.GetDirectoryName(file))!;
        return name.EndsWith(".up", StringComparison.Ordinal) ? name[..^".up".Length] : name;
    }

    private static MigratorOptions Quiet(MigratorOptions options) =>
        options with
        {
            Folder = options.Folder with { NoHooks = true, AllowEmpty = true },
        };
}
