namespace Migrations.Databases;

/// <summary>What a session is for.</summary>
public enum SessionAccess
{
    /// <summary>Looking only: nothing in the database or beside it is created or changed.</summary>
    Read,

    /// <summary>Changing an existing database.</summary>
    Write,

    /// <summary>Changing a database, which is created when that is as simple as creating a file.</summary>
    Create,
}
