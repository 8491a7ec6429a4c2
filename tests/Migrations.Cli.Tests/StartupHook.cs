// The runtime looks for a type of this name, in no namespace:
// https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md
#pragma warning disable CA1050, MA0047

/// <summary>
/// Runs inside the command when <c>DOTNET_STARTUP_HOOKS</c> names this assembly: holds its process at the door, when all its own code has
/// run.
/// </summary>
internal static class StartupHook
{
    /// <summary>The variable that names the file which shuts the door as long as it is there.</summary>
    public const string Door = "MIGRATIONS_TEST_DOOR";

    /// <summary>What is printed at the door.</summary>
    public const string Knock = "At the door.";

    public static void Initialize() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            var door = Environment.GetEnvironmentVariable(Door);
            Console.Error.WriteLine(Knock);
            for (var tries = 0; File.Exists(door) && tries < 3000; tries++)
                Thread.Sleep(10);
        };
}
