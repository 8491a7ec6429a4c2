using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Reads rows of a table (<c>Import-Csv</c>) as the database that they name, and refuses objects that crossed a process or a machine: such
/// a status has lost its connection, and its text is only what is shown to people. PowerShell alone would make one long text of either.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DatabaseTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (((inputData as PSObject)?.BaseObject ?? inputData) is "")
        {
            throw new ArgumentTransformationMetadataException(
                "The database is unknown: its name is empty, as for a backup without a manifest. Specify the " + "database with -Database."
            );
        }

        if (inputData is not PSObject item)
            return inputData;
        LiveObjectTransformationAttribute.Refuse(item);
        if (item.BaseObject is FileSystemInfo file)
            return file.FullName;
        if (
            item.BaseObject is not IHasTarget
            && item.BaseObject.GetType() is { Namespace: { } space } type
            && space.StartsWith("Migrations", StringComparison.Ordinal)
        )
        {
            throw new ArgumentTransformationMetadataException(
                $"An object of the type {type.Name} does not identify a database. Pipe the database's name or connection, or "
                    + "specify it with -Database."
            );
        }

        if (item.BaseObject is not PSCustomObject)
            return inputData;
        return item.Properties["Database"]?.Value
            ?? throw new ArgumentTransformationMetadataException(
                "This object has no property 'Database' that names a database. Pipe strings, or objects with the properties "
                    + "Database, Path and Service."
            );
    }
}
