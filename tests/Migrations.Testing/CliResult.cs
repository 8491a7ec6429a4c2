using System.Text.Json;

namespace Migrations.Testing;

/// <summary>What a run of the command printed and returned.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output, with LF line ends.</param>
/// <param name="Error">Standard error, with LF line ends.</param>
public sealed record CliResult(int ExitCode, string Output, string Error)
{
    /// <summary>Everything printed.</summary>
    public string All => Output + Error;

    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Output);
                return document.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new InvalidOperationException($"Standard output is no JSON ({e.Message}).\n{this}", e);
            }
        }
    }

    public override string ToString() => $"exit code {ExitCode}\n--- standard output\n{Output}\n--- standard error\n{Error}";
}
