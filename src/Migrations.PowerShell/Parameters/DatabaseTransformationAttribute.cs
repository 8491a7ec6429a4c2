using System.Management.Automation;
using Migrations.Backup;

namespace Migrations.PowerShell;

/// <summary>
/// Reads rows of a table (<c>Import-Csv</c>) as the database that they name, and refuses objects that crossed a process or a machine: such a status has lost its
/// connection, and its text is only what is shown to people. PowerShell alone would make one long text of either.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DatabaseTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is not PSObject item)
            return inputData;
        if (item.TypeNames.Any(n => n.StartsWith("Deserialized.Migrations.", StringComparison.Ordinal)))
        {
            throw new ArgumentTransformationMetadataException(
                "This object came from another process or session and no longer knows its connection. Pipe the database's name or connection instead, and choose with -Target or -First.");
        }

        // A backup stands for the database that it is of. Its property alone would not do: PowerShell makes a text of the whole object first.
        if (item.BaseObject is DatabaseBackup backup)
        {
            return backup.Database.Length > 0 ? backup.Database : throw new ArgumentTransformationMetadataException(
                $"It is not known which database '{backup.Path}' is of. {backup.Problem} Name the database with -Database.");
        }

        if (item.BaseObject is BackupVerification verification)
            return verification.Database;
        if (item.BaseObject is not PSCustomObject)
            return inputData;
        return item.Properties["Database"]?.Value ?? throw new ArgumentTransformationMetadataException(
            "This object has no property 'Database' that names a database. Pipe texts, or objects with the properties Database, Path and Service.");
    }
}
