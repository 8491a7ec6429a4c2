using Microsoft.PowerShell.Commands;

namespace Migrations.PowerShell;

/// <summary>What of PowerShell a file may require.</summary>
internal interface IRequiredParts
{
    /// <summary>The version of PowerShell.</summary>
    Version Version { get; }

    /// <summary>Whether this process has the rights of an administrator.</summary>
    bool IsElevated { get; }

    /// <summary>Whether a module is loaded or installed.</summary>
    bool HasModule(ModuleSpecification module);
}
