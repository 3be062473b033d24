"""`python -m crm_rules` is the command `crm-rules`, for environments whose scripts are not on the path."""

from crm_rules.cli import main

if __name__ == "__main__":
    main()
