namespace Migrations.PostgreSql;

/// <summary>How far a statement reaches.</summary>
internal enum Reach
{
    /// <summary>It stays in its database.</summary>
    Database,

    /// <summary>It executes text of which nothing is seen: what a role may do that is more than an owner, it may do.</summary>
    Unseen,

    /// <summary>It changes what all databases of the server share: roles, databases, tablespaces, the server's settings.</summary>
    Cluster,

    /// <summary>It reaches what is no database: programs and files of the server's machine, other servers, other sessions.</summary>
    World,
}

/// <summary>What of a statement reaches beyond its database.</summary>
/// <param name="Reach">How far.</param>
/// <param name="What">What it is, in words of SQL.</param>
/// <param name="Line">On which of the statement's lines it stands, from 0.</param>
internal sealed record ReachFinding(Reach Reach, string What, int Line);
