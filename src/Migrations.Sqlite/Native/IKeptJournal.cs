namespace Migrations.Sqlite.Native;

/// <summary>A rollback journal whose file is kept from one transaction to the next, as the VFS asks about it.</summary>
internal interface IKeptJournal
{
    /// <summary>The journal's full path.</summary>
    string Path { get; }

    /// <summary>Whether the file of this name is the one that was created here, and its folder has been written since.</summary>
    bool IsNameOnDisk { get; }

    /// <summary>
    /// Whether the file stays although SQLite, leaving PERSIST, would delete it: the last transaction uses it once more.
    /// </summary>
    bool OutlivesItsMode { get; }

    /// <summary>
    /// SQLite has created the journal, or opened one of whose name it is not known to be on the disk. No one else writes meanwhile.
    /// </summary>
    void OnCreated();
}
