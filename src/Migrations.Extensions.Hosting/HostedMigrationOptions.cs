using Migrations.Planning;

namespace Migrations.Extensions.Hosting;

/// <summary>How migrations are applied when a host starts.</summary>
public sealed class HostedMigrationOptions
{
    /// <summary>How the folder is read and the database connected. Events go to the application's log.</summary>
    public MigratorOptions Migrator { get; set; } = new();

    /// <summary>What is applied.</summary>
    public ApplyRequest Request { get; set; } = new();

    /// <summary>
    /// Whether the start applies what is pending. Set to false where a job of its own applies it: the start then fails while migrations
    /// are pending.
    /// </summary>
    public bool Apply { get; set; } = true;
}
