using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary>Asks before something that cannot be taken back.</summary>
internal static class Confirmation
{
    /// <summary>Goes on after a yes, or with <c>--yes</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfirmationRequired"/>: no one can be asked; <see
    /// cref="ErrorId.Cancelled"/>: the answer was no.</exception>
    public static void Demand(Settings settings, Terminal terminal, string action, string nothing)
    {
        if (settings.Yes)
            return;
        if (!terminal.CanAsk)
        {
            throw new MigrationException(
                ErrorId.ConfirmationRequired,
                $"{action} requires confirmation, but standard input is not a terminal.",
                "See what would be done with --what-if, and confirm with --yes."
            );
        }

        if (!terminal.Ask(action + "?"))
            throw new MigrationException(
                ErrorId.Cancelled,
                $"Cancelled: not confirmed. {nothing}",
                "Answer with y, or confirm with --yes."
            );
    }
}
