using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Migrations;

/// <summary>
/// What is said to people, as data: text, and the commands and options that it names, which each face spells for its own users. Written as
/// an
/// interpolated string: <c>$"Accept the edit with '{Call.Repair.On(name)}'."</c>.
/// </summary>
[InterpolatedStringHandler]
public sealed class Advice : IEquatable<Advice>
{
    private readonly List<AdvicePart> _parts = [];

    /// <summary>Begins a text; called by the compiler.</summary>
    /// <param name="literalLength">How long the text between the holes is.</param>
    /// <param name="formattedCount">How many holes there are.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Advice(int literalLength, int formattedCount) => _parts.Capacity = literalLength > 0 ? 2 * formattedCount + 1 : formattedCount;

    private Advice(IEnumerable<AdvicePart> parts) => _parts.AddRange(parts);

    /// <summary>Its parts, in order.</summary>
    public IReadOnlyList<AdvicePart> Parts => _parts;

    /// <summary>A text that names no command and no option.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator Advice?(string? text) => text is null ? null : new([new AdviceText(text)]);

    /// <summary>One after the other.</summary>
    /// <param name="first">What comes first.</param>
    /// <param name="second">What follows.</param>
    public static Advice operator +(Advice first, Advice second) => new(first._parts.Concat(second._parts));

    /// <summary>Several, with a space between each two.</summary>
    internal static Advice Join(IEnumerable<Advice> several) =>
        new(several.SelectMany((advice, i) => i == 0 ? advice._parts : advice._parts.Prepend(new AdviceText(" "))));

    /// <summary>As it stands; for one branch of a choice, which would make a plain string of it.</summary>
    internal static Advice Of(Advice step) => step;

    /// <summary>As one text, with commands and options as a face spells them.</summary>
    /// <param name="spelling">How the face spells them.</param>
    public string Spell(Spelling spelling)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            _ = part switch
            {
                AdviceText plain => text.Append(plain.Text),
                CommandCall call => text.Append(spelling.Of(call)),
                CommandOption option => text.Append(spelling.Of(option)),
                _ => throw new InvalidOperationException($"A {part.GetType().Name} has no spelling."),
            };
        }

        return text.ToString();
    }

    /// <summary>As the command line spells it; <see cref="Spell"/> with <see cref="Spelling.Library"/> gives the methods.</summary>
    public override string ToString() => Spell(Spelling.CommandLine);

    /// <inheritdoc/>
    public bool Equals(Advice? other) => other is not null && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Advice);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    /// <summary>Appends text; called by the compiler.</summary>
    /// <param name="text">The text.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendLiteral(string text) => _parts.Add(new AdviceText(text));

    /// <summary>Appends a value; called by the compiler.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">Its format.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted<T>(T value, string? format = null)
    {
        var text = value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();
        if (!string.IsNullOrEmpty(text))
            _parts.Add(new AdviceText(text));
    }

    /// <summary>Appends the parts of another; called by the compiler.</summary>
    /// <param name="step">The other.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(Advice? step) => _parts.AddRange(step?._parts ?? []);

    internal void AppendFormatted(Call call) => _parts.Add(call.Data);

    internal void AppendFormatted(CallOption option) => _parts.Add(option.Data);
}
