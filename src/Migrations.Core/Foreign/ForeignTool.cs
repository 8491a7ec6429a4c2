using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>A migration tool whose history can be taken over: how its table looks, and what its rows say. Pure.</summary>
internal abstract class ForeignTool
{
    /// <summary>The tool's name, as it is given with <c>--tool</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The tool's name, as it is shown to people.</summary>
    public virtual string Title => Name;

    /// <summary>How its table looks.</summary>
    public abstract IReadOnlyList<ForeignShape> Shapes { get; }

    /// <summary>Whether its history can be taken over; otherwise it is only recognised.</summary>
    public virtual bool IsAdoptable => true;

    /// <summary>Whether its migrations are programs, of which a folder of SQL holds none.</summary>
    public virtual bool IsCode => false;

    /// <summary>Whether its rows can be written too, for <c>--write-back</c> and <c>--keep-in-step</c>.</summary>
    public virtual bool CanWrite => false;

    /// <summary>What the rows say, with what counts as applied in the order in which it was applied.</summary>
    public abstract ForeignReading Read(IReadOnlyList<ForeignRow> rows);

    /// <summary>The checksum of a file's text, by the tool's own rule; null when it has none.</summary>
    /// <param name="text">The text, with its byte order mark when it has one.</param>
    /// <param name="file">The file's path.</param>
    public virtual string? ChecksumOf(string text, string file) => null;

    /// <summary>The migration that an entry is by what the tool itself keeps beside its files; null where it keeps nothing.</summary>
    /// <param name="entry">The entry, which neither a name nor a checksum has matched.</param>
    /// <param name="free">The migrations that no entry is.</param>
    public virtual Migration? Find(ForeignEntry entry, IEnumerable<Migration> free) => null;

    /// <summary>The key of the advisory lock that the tool holds on PostgreSQL while it migrates; null when it holds none that is
    /// known.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="database">The name of the database.</param>
    public virtual long? LockKey(ForeignTable table, string database) => null;

    /// <summary>The table in which the tool writes down that it is migrating; null when it has none that is known.</summary>
    public virtual LockTable? LockTable => null;

    /// <summary>The statements after which the tool counts a migration as applied.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="highest">The highest applied version, with this one.</param>
    public virtual IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) => [];

    /// <summary>The statements after which the tool no longer counts a migration as applied.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="highest">The highest version that stays applied; null when none does.</param>
    public virtual IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) => [];
}
