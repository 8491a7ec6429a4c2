using System.Runtime.CompilerServices;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>Marks what only Unix has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (OperatingSystem.IsWindows())
            Skip = "Only Unix has pipes, devices and sockets in folders.";
    }
}
