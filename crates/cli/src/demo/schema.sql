CREATE TABLE companies (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    country TEXT NOT NULL,
    currency TEXT NOT NULL
);
CREATE TABLE employees (
    id INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    department TEXT NOT NULL,
    hired_on DATE NOT NULL,
    salary DECIMAL(12, 2) NOT NULL
);
CREATE TABLE expenses (
    id INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id),
    employee_id INTEGER NOT NULL REFERENCES employees (id),
    category TEXT NOT NULL,
    description TEXT NOT NULL,
    amount DECIMAL(12, 2) NOT NULL,
    currency TEXT NOT NULL,
    spent_on DATE NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'submitted', 'approved', 'rejected', 'paid'))
);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id),
    customer TEXT NOT NULL,
    number TEXT NOT NULL UNIQUE,
    issued_on DATE NOT NULL,
    due_on DATE NOT NULL,
    amount DECIMAL(12, 2) NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'overdue', 'paid', 'cancelled'))
);
CREATE TABLE bank_movements (
    id INTEGER PRIMARY KEY,
    company_id INTEGER NOT NULL REFERENCES companies (id),
    booked_on DATE NOT NULL,
    description TEXT NOT NULL,
    amount DECIMAL(14, 2) NOT NULL,
    balance DECIMAL(14, 2) NOT NULL
);
CREATE INDEX employees_company ON employees (company_id);
CREATE INDEX expenses_company_date ON expenses (company_id, spent_on DESC, id DESC);
CREATE INDEX expenses_employee ON expenses (employee_id);
CREATE INDEX invoices_company_due ON invoices (company_id, due_on);
CREATE INDEX bank_movements_company_date ON bank_movements (company_id, booked_on);
