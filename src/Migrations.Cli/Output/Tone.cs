namespace Migrations.Cli.Output;

/// <summary>What a line is, for its colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Notice,
    Bad,
    Faint,
}
