using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Migrations.Testing;

/// <summary>The command <c>migrations</c> as a process: the built program, run by <c>dotnet</c>.</summary>
public sealed class CliProcess : IDisposable
{
    // What lets root read, write and enter everything.
    private const string Modes = "-dac_override,-dac_read_search";

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private CliProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program that the tests run: compiled ahead of time where this platform's compiler is at hand.</summary>
    public static string Program { get; } =
        new[] { "ahead/migrations.dll", "migrations.dll" }
            .Select(file => Repository.PathOf("src", "Migrations.Cli", "bin", Repository.Configuration, "net8.0", file))
            .First(File.Exists);

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it has printed so far, on both streams.</summary>
    public string PrintedSoFar
    {
        get
        {
            lock (_output)
            {
                lock (_error)
                    return _output.ToString() + _error;
            }
        }
    }

    /// <summary>Runs the command to its end.</summary>
    public static Task<CliResult> RunAsync(params string[] arguments) => RunAsync(new CliCall { Arguments = arguments });

    /// <summary>Runs the command to its end.</summary>
    public static async Task<CliResult> RunAsync(CliCall call)
    {
        using var process = Start(call);
        return await process.WaitAsync(call.Timeout);
    }

    /// <summary>Starts the command.</summary>
    public static CliProcess Start(CliCall call)
    {
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = call.WorkingFolder ?? Path.GetTempPath(),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        List<string> command =
        [
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            call.Program ?? Program,
            .. call.Arguments,
        ];
        command.InsertRange(0, call.Launcher);
        // A test run started in the background by a shell has SIGINT ignored, and hands that on to its children.
        if (OperatingSystem.IsLinux())
            command.InsertRange(0, ["env", "--default-signal=INT,HUP"]);
        if (call.ModesCountForRoot && OperatingSystem.IsLinux() && Environment.UserName == "root")
            command.InsertRange(0, ["setpriv", "--bounding-set", Modes, "--inh-caps", Modes]);
        start.FileName = command[0];
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        foreach (var name in CliCall.VariablesOfTheCommand)
            start.Environment.Remove(name);
        foreach (var (name, value) in call.Environment)
            start.Environment[name] = value;
        var process = new CliProcess(Process.Start(start)!);
        process._process.StandardInput.Write(call.Input);
        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Sends SIGINT, as Ctrl-C does, or another signal.</summary>
    public void Interrupt(string signal = "INT")
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Kills the process without warning.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until both streams together hold a text.</summary>
    public async Task WaitForAsync(string text, TimeSpan? timeout = null)
    {
        for (var clock = Stopwatch.StartNew(); !PrintedSoFar.Contains(text, StringComparison.Ordinal); await Task.Delay(20))
        {
            if (_process.HasExited || clock.Elapsed > (timeout ?? TimeSpan.FromSeconds(30)))
                throw new TimeoutException($"The command did not print '{text}':\n{PrintedSoFar}");
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was killed.</exception>
    public async Task<CliResult> WaitAsync(TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The command did not end in time:\n{PrintedSoFar}", e);
        }

        return new CliResult(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
