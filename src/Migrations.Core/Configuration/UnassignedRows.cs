namespace Migrations.Configuration;

/// <summary>What the rows of a history that belong to no service mean to a call that names one.</summary>
public enum UnassignedRows
{
    /// <summary>They are another's, unless they are of the very scripts that the call would run: then it is stopped.</summary>
    Foreign,

    /// <summary>The service has its database to itself: they are its own, from before it had a name.</summary>
    Own,

    /// <summary>Several services keep their history in this journal: whose they are must be said before anything runs.</summary>
    Undecided,
}
