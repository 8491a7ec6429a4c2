using System.Management.Automation;
using Migrations.Configuration;

namespace Migrations.PowerShell;

/// <summary>
/// Reads a duration as people write it: <c>5s</c>, <c>500ms</c>, <c>00:00:30</c>, or seconds. PowerShell alone would read a number as
/// ticks.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => null,
            TimeSpan duration => duration,
            IFormattable number => Read(number.ToString(format: null, System.Globalization.CultureInfo.InvariantCulture)),
            var other => Read(other.ToString() ?? ""),
        };

    private static TimeSpan Read(string text) =>
        DurationParser.TryParse(text, out var duration)
            ? duration
            : throw new ArgumentTransformationMetadataException($"Invalid duration '{text}'. Expected {DurationParser.Forms}.");
}
