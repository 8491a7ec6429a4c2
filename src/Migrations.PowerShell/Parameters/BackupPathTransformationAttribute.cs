using System.Management.Automation;
using Migrations.Backup;

namespace Migrations.PowerShell;

/// <summary>
/// Reads backups, verifications of them, files and folders as the path that they stand for. PowerShell alone would make a text of the whole
/// object.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class BackupPathTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is not PSObject item)
            return Read(inputData) ?? inputData;
        LiveObjectTransformationAttribute.Refuse(item);
        return Read(item.BaseObject) ?? inputData;
    }

    private static string? Read(object? item) =>
        item switch
        {
            DatabaseBackup backup => backup.Path,
            BackupVerification verification => verification.Path,
            FileSystemInfo file => file.FullName,
            _ => null,
        };
}
