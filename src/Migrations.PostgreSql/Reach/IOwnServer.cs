namespace Migrations.PostgreSql;

/// <summary>A server of our own that a scratch database is on, as what runs there sees it.</summary>
internal interface IOwnServer
{
    /// <summary>Whether it is of another major version than the server that it stands for.</summary>
    bool IsOfOtherVersion { get; }

    /// <summary>Makes the role that scripts run as a superuser.</summary>
    Task RaiseAsync(CancellationToken cancellationToken);

    /// <summary>Takes from the role that scripts run as what a superuser has.</summary>
    Task LowerAsync();
}
