"""What an attacker, a kill and bad luck may not do: ``python -m tests.quality.attack [--point N] [--database sqlite|postgres] [--json]``.

Each topic is a module of this package whose ``attempts(ground)`` yields one ``Attempt`` a trial; ``__main__.TOPICS`` lists them. Every
attempt is made against the installed tool (its commands in processes of their own, its public functions, its server), on the loopback
only, bounded in count, time and memory, and ends by itself. The table tells for each point how much was tried and how much held; what
did not hold is named below it, and the exit code is then 1.

    addresses.py what a feed, a page or a redirect names leads nowhere inside; bombs, drips, the cookies file
    inside.py    the child in which those attempts are made, with servers and names of its own
    ground.py    where attempts are made: a scratch folder, databases of both kinds, ``nir`` in a process with limits

``--kills`` and ``--backups`` set how many random moments are tried; ``--seed`` repeats them.
"""
