using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary>Asks before something that cannot be taken back.</summary>
internal static class Confirmation
{
    /// <summary>Goes on after a yes, or with <c>--yes</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfirmationRequired"/>: nobody can be asked; <see
    /// cref="ErrorId.Cancelled"/>: the answer was no.</exception>
    public static void Demand(Settings settings, Terminal terminal, string action, string nothing)
    {
        if (settings.Yes)
            return;
        if (!terminal.CanAsk)
        {
            throw new MigrationException(
                ErrorId.ConfirmationRequired,
                $"{action} needs a confirmation, and nobody can be asked: standard input is no terminal.",
                "See what would be done with --what-if, and confirm with --yes."
            );
        }

        if (!terminal.Ask(action + "?"))
            throw new MigrationException(
                ErrorId.Cancelled,
                $"The question was not answered with yes. {nothing}",
                "Answer with y, or confirm with --yes."
            );
    }
}
