using Migrations;
using Migrations.History;
using Migrations.Planning;

namespace KnowledgeBaseSample;

/// <summary>An application that brings its database up to date when it starts, with migrations that are functions of its own.</summary>
/// <param name="database">A path, a URL or a connection string.</param>
public sealed class KnowledgeBase(string database)
{
    private readonly Migrator _migrator = Migrator.For(database, KnowledgeBaseMigrations.Source);

    /// <summary>Applies what is pending. May be called at each start, also of several instances at once.</summary>
    /// <returns>The names of what was applied.</returns>
    public async Task<IReadOnlyList<string>> InitializeDatabaseAsync(CancellationToken cancellationToken = default) =>
        [.. (await _migrator.ApplyAsync(cancellationToken: cancellationToken)).Select(r => r.Name)];

    /// <summary>Each migration, and whether it is applied.</summary>
    public Task<IReadOnlyList<MigrationStatus>> GetStatusAsync(CancellationToken cancellationToken = default) =>
        _migrator.GetStatusAsync(cancellationToken);

    /// <summary>Rolls one back. Refused while later ones are applied.</summary>
    public Task RollbackAsync(string name, CancellationToken cancellationToken = default) =>
        _migrator.UndoAsync(new UndoRequest { Name = name, AcceptDataLoss = true }, cancellationToken);

    /// <summary>How long each migration has taken.</summary>
    public Task<IReadOnlyList<MigrationProfile>> GetProfileAsync(CancellationToken cancellationToken = default) =>
        _migrator.GetProfileAsync(cancellationToken: cancellationToken);
}
