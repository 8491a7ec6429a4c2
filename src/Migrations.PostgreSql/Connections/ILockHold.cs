namespace Migrations.PostgreSql;

/// <summary>The migration lock as its holder's connection sees it.</summary>
internal interface ILockHold
{
    /// <summary>A SQL expression that fails when the lock is lost, with everything in it qualified.</summary>
    string Guard { get; }

    /// <summary>As <see cref="Guard"/>, for what was begun with the lock and has been done.</summary>
    string GuardOfDone { get; }

    /// <summary>Whether it is a row, because a pooler in transaction mode stands between.</summary>
    bool IsRow { get; }

    /// <summary>Shows waiting runs which migration is being worked on.</summary>
    void WorkOn(string migration);
}
