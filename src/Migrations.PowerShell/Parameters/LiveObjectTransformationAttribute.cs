using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Refuses objects that crossed a process or a machine: they have lost their connection, and their text is only what is shown to people.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class LiveObjectTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is PSObject item)
            Refuse(item);
        return inputData;
    }

    /// <summary>Refuses what was serialized.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It was.</exception>
    internal static void Refuse(PSObject item)
    {
        if (!item.TypeNames.Any(n => n.StartsWith("Deserialized.Migrations.", StringComparison.Ordinal)))
            return;
        throw new ArgumentTransformationMetadataException(
            "This object came from another process or session and has lost its connection. Pipe the database's name "
                + "or connection instead, and choose with -Target or -First; "
                + "for a backup, pipe its Path."
        );
    }
}
