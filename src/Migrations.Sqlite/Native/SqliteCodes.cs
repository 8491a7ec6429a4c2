namespace Migrations.Sqlite.Native;

/// <summary>SQLite's result codes (<see href="https://sqlite.org/rescode.html"/>).</summary>
internal static class SqliteCodes
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Permission = 3;
    public const int Busy = 5;
    public const int Locked = 6;
    public const int OutOfMemory = 7;
    public const int ReadOnly = 8;
    public const int Interrupt = 9;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int TooBig = 18;
    public const int Constraint = 19;
    public const int Mismatch = 20;
    public const int Auth = 23;
    public const int NotADatabase = 26;
    public const int IoErrorWrite = 778;
    public const int ForeignKey = 787;
    public const int IoErrorFsync = 1034;
    public const int IoErrorTruncate = 1546;
    public const int Row = 100;
    public const int Done = 101;

    private static readonly string[] Primary = (
        "OK ERROR INTERNAL PERM ABORT BUSY LOCKED NOMEM READONLY INTERRUPT IOERR CORRUPT NOTFOUND FULL CANTOPEN "
        + "PROTOCOL EMPTY SCHEMA TOOBIG CONSTRAINT MISMATCH MISUSE NOLFS AUTH FORMAT RANGE NOTADB NOTICE WARNING"
    ).Split(' ');

    // Extended codes count from 1 in the second byte, in this order.
    private static string Extended(int primary) =>
        primary switch
        {
            1 => "MISSING_COLLSEQ RETRY SNAPSHOT",
            4 => " ROLLBACK",
            5 => "RECOVERY SNAPSHOT TIMEOUT",
            6 => "SHAREDCACHE VTAB",
            8 => "RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY",
            10 => "READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS "
                + "CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP GETTEMPPATH "
                + "CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC ROLLBACK_ATOMIC DATA CORRUPTFS IN_PAGE",
            11 => "VTAB SEQUENCE INDEX",
            14 => "NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK",
            19 => "CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE",
            23 => "USER",
            _ => "",
        };

    /// <summary>The code's name, for example <c>SQLITE_CONSTRAINT_FOREIGNKEY</c>.</summary>
    public static string NameOf(int code)
    {
        var primary = code & 0xff;
        if (primary >= Primary.Length)
            return "SQLITE_UNKNOWN";
        var extended = Extended(primary).Split(' ');
        var index = (code >> 8) - 1;
        return "SQLITE_"
            + Primary[primary]
            + (index >= 0 && index < extended.Length && extended[index].Length > 0 ? "_" + extended[index] : "");
    }
}
