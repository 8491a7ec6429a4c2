using System.Globalization;
using System.Runtime.InteropServices;

namespace Migrations.History;

/// <summary>Who runs this: for the history, for locks and for reports.</summary>
public static partial class OwnUser
{
    /// <summary>
    /// The operating system's name of the user; its number where it has none, as in a container that runs under a number alone.
    /// </summary>
    public static string Name { get; } =
        Environment.UserName is { Length: > 0 } name ? name
        : OperatingSystem.IsWindows() ? ""
        : UserNumber().ToString(CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserNumber();
}
