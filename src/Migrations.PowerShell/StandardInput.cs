namespace Migrations.PowerShell;

/// <summary>
/// What PowerShell's console reads answers from. Where a process was started with its standard input closed, the first pipe that the
/// runtime opens for itself gets the number 0; a question then waits for ever for what no one can write.
/// </summary>
internal static class StandardInput
{
    private const string Descriptors = "/proc/self/fd";

    // O_WRONLY or O_RDWR, in the octal number of https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html
    private const int Writes = 3;

    /// <summary>
    /// Whether it is a pipe that this process itself writes to; false where that cannot be found out. The console reads from copies of the
    /// descriptor, which lead to the same pipe and say nothing.
    /// </summary>
    public static bool IsOwnPipe()
    {
        try
        {
            return OperatingSystem.IsLinux()
                && TargetOf(Descriptors + "/0") is { } input
                && input.StartsWith("pipe:", StringComparison.Ordinal)
                && Directory
                    .EnumerateFiles(Descriptors)
                    .Any(d =>
                        Path.GetFileName(d) is not ("0" or "1" or "2")
                        && string.Equals(TargetOf(d), input, StringComparison.Ordinal)
                        && IsWritten(Path.GetFileName(d))
                    );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsWritten(string descriptor) =>
        File.ReadLines($"/proc/self/fdinfo/{descriptor}").FirstOrDefault(l => l.StartsWith("flags:", StringComparison.Ordinal)) is { } flags
        && (flags[^1] - '0' & Writes) != 0;

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was closed meanwhile.
            return null;
        }
    }
}
