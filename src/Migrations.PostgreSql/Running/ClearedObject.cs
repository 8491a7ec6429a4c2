namespace Migrations.PostgreSql;

/// <summary>An object that goes when a database is cleared, with what depends on it.</summary>
/// <param name="Kind">Its kind, as DROP names it.</param>
/// <param name="Name">Its name, as DROP takes it.</param>
/// <param name="Owner">The role that owns it.</param>
/// <param name="MayDrop">Whether this role may drop it.</param>
internal sealed record ClearedObject(string Kind, string Name, string Owner, bool MayDrop);
