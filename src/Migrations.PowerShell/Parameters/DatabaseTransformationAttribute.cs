using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Keeps objects that crossed a process or a machine from being read as a database's name: such a status has lost its connection, and its text is only
/// what is shown to people.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DatabaseTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is PSObject item && item.TypeNames.Any(n => n.StartsWith("Deserialized.Migrations.", StringComparison.Ordinal)))
        {
            throw new ArgumentTransformationMetadataException(
                "This object came from another process or session and no longer knows its connection. Pipe the database's name or connection instead, and choose with -Target or -First.");
        }

        return inputData;
    }
}
