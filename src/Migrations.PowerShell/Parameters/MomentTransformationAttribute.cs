using System.Management.Automation;
using Migrations.Configuration;

namespace Migrations.PowerShell;

/// <summary>Reads a moment as people write it: a date, a date with a time, or how long ago (<c>7d</c>, a TimeSpan).</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class MomentTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            DateTimeOffset moment => moment,
            DateTime time => new DateTimeOffset(time),
            TimeSpan age => DateTimeOffset.Now - age,
            var other => Read(other?.ToString() ?? ""),
        };

    private static DateTimeOffset Read(string text) =>
        MomentParser.TryParse(text, DateTimeOffset.Now, out var moment)
            ? moment
            : throw new ArgumentTransformationMetadataException($"Invalid moment '{text}'. Expected {MomentParser.Forms}.");
}
