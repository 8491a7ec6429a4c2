namespace Migrations;

/// <summary>
/// What kind of failure an error is. Each face maps it once: the cmdlets to PowerShell's categories, the command to exit codes.
/// </summary>
public enum FailureCategory
{
    /// <summary>The call itself is wrong.</summary>
    Usage,

    /// <summary>Something named does not exist.</summary>
    NotFound,

    /// <summary>A file of the migration folder is bad.</summary>
    Folder,

    /// <summary>The history and the folder do not allow what was asked.</summary>
    Refused,

    /// <summary>The database could not be reached.</summary>
    Connection,

    /// <summary>The database did not accept who asks.</summary>
    Authentication,

    /// <summary>A permission is missing in the database or in the file system.</summary>
    Permission,

    /// <summary>A lock was not got in time.</summary>
    Lock,

    /// <summary>A time limit passed.</summary>
    Timeout,

    /// <summary>A statement was refused by the database.</summary>
    Statement,

    /// <summary>Data would have been lost or left inconsistent.</summary>
    Data,

    /// <summary>The run was cancelled.</summary>
    Cancelled,
}
